// Express 4 under an alias has no types of its own; what is used of it is the same.
declare module "express4" {
  export { default } from "express";
}
