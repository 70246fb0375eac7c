export {
  APPLE_ROOT_CA_G3,
  type AppStoreNotification,
  type AppStoreOptions,
  appStore,
} from "./app-store.ts";
export { type X5cOptions, x5c } from "./x5c.ts";
