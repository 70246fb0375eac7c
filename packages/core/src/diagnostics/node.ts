import { channel } from "node:diagnostics_channel";

const channels = {
  accept: channel("countersign:accept"),
  reject: channel("countersign:reject"),
  store: channel("countersign:store"),
  replay: channel("countersign:replay"),
  inspect: channel("countersign:inspect"),
};

/** Whether anybody listens: making the message costs more than asking. */
export function isObserved(name: keyof typeof channels): boolean {
  return channels[name].hasSubscribers;
}

export function publish(name: keyof typeof channels, message: object): void {
  channels[name].publish(message);
}
