// The lowest versions of the peer ranges, under aliases. What is used of them is the same, and typed as the newest are.
declare module "express418" {
  export { default } from "express";
}
declare module "fastify50" {
  export { fastify } from "fastify";
}
declare module "hono40" {
  export { Hono } from "hono";
}
declare module "hono40/validator" {
  export { validator } from "hono/validator";
}
