import type { Provider } from "../scheme/provider.ts";
import { type BasicOptions, basicRow } from "./basic.ts";
import { type Open, textAt } from "./fields.ts";

/** One event of a service hook's subscription. */
export interface AzureDevOpsEvent {
  /** Unique to this notification, a UUID; the replay key. */
  readonly id: string;
  /** What the subscription asks for: a service, a resource and a verb, parted by dots. */
  readonly eventType: Open<
    "build.complete" | "git.push" | "git.pullrequest.created" | "workitem.created" | "workitem.updated"
  >;
  /** Which service of Azure DevOps publishes it, such as `tfs`. */
  readonly publisherId: string;
  /** The build, push, pull request or work item, as its REST API shows it. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** When it was made, RFC 3339. */
  readonly createdDate: string;
  readonly [field: string]: unknown;
}

/**
 * Azure DevOps service hooks, which sign nothing: set the subscription's basic authentication.
 *
 * @throws ConfigurationError for a user name that Basic authentication cannot carry
 * @see https://learn.microsoft.com/azure/devops/service-hooks/services/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { azureDevops } from "@countersign/core/providers";
 *
 * createVerifier(azureDevops({ username: "azure" }), { secret: "the password" });
 * ```
 */
export function azureDevops(options: BasicOptions): Provider<AzureDevOpsEvent> {
  return basicRow<AzureDevOpsEvent>("azureDevops", options, {
    name: "azure-devops",
    docs: "https://learn.microsoft.com/azure/devops/service-hooks/services/webhooks",
    key: (event) => textAt(event, "id"),
  });
}
