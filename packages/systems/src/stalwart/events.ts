import { table } from "@countersign/core/checks";

/**
 * Stalwart's 637 event types, by the part before the dot: `EventType::parse` in `crates/trc/src/event/enums_impl.rs` of
 * github.com/stalwartlabs/stalwart at d72608f3.
 */
const TYPES = table({
  acme: "auth-completed auth-error auth-pending auth-start auth-too-many-attempts auth-valid client-missing-sni client-supplied-sni error order-completed order-invalid order-processing order-ready order-start order-valid process-cert renew-backoff tls-alpn-error tls-alpn-received token-not-found",
  ai: "api-error llm-response",
  arc: "broken-chain chain-too-long has-header-tag invalid-cv invalid-instance sealer-not-found",
  auth: "client-registration credential-expired error failed mfa-required success token-expired too-many-attempts warning",
  calendar:
    "alarm-failed alarm-recipient-override alarm-sent alarm-skipped itip-message-error itip-message-received itip-message-sent rule-expansion-error",
  cluster:
    "message-invalid message-received message-skipped node-id-renewed publisher-error publisher-start publisher-stop startup subscriber-disconnected subscriber-error subscriber-start subscriber-stop",
  dane: "authentication-failure authentication-success bogus-dnssec-record certificate-parse-error no-certificates-found tlsa-record-fetch tlsa-record-fetch-error tlsa-record-invalid tlsa-record-match tlsa-record-not-dnssec-signed tlsa-record-not-found",
  delivery:
    "attempt-end attempt-start auth auth-failed completed concurrency-limit-exceeded connect connect-error delivered domain-delivery-start double-bounce dsn-perm-fail dsn-success dsn-temp-fail ehlo ehlo-rejected failed greeting-failed implicit-tls-error ip-lookup ip-lookup-failed mail-from mail-from-rejected message-rejected missing-outbound-hostname mx-lookup mx-lookup-failed null-mx rate-limit-exceeded raw-input raw-output rcpt-to rcpt-to-failed rcpt-to-rejected start-tls start-tls-disabled start-tls-error start-tls-unavailable",
  dkim: "build-error chain-too-long custody-break exploded fail failed-auid-match failed-body-hash-match failed-verification header-hash-mismatch incompatible-algorithms instance-above-signature instance-missing instance-not-signed instance-syntax instance-tag-missing mail-from-domain-mismatch mail-from-mismatch modified neutral next-domain-mismatch no-valid-algorithm none pass perm-error public-key-algorithm-mismatch public-key-fetch public-key-missing public-key-multiple public-key-syntax rcpt-to-mismatch revoked-public-key sequence-gap sequence-overflow signature-created signature-deleted signature-expired signature-length signature-missing signature-published signature-retired signature-retiring signature-syntax signature-tag-missing signature-tag-unexpected signer-not-found temp-error unsupported-algorithm unsupported-canonicalization unsupported-key-type unsupported-version",
  dmarc: "fail none pass perm-error temp-error",
  dns: "build-error record-created record-creation-failed record-deletion-failed record-lookup-failed record-not-propagated record-propagated record-propagation-timeout",
  eval: "directory-not-found error result store-not-found",
  http: "connection-end connection-start error request-body request-url response-body x-forwarded-missing",
  imap: "append capabilities close connection-end connection-start copy create-mailbox delete-mailbox enable error expunge fetch get-acl get-quota id idle-start idle-stop list list-rights logout lsub move my-rights namespace noop raw-input raw-output rename-mailbox search select set-acl sort status store subscribe thread uid-batches unsubscribe",
  "incoming-report":
    "abuse-report arf-parse-failed auth-failure-report decompress-error dmarc-parse-failed dmarc-report dmarc-report-with-warnings fraud-report message-parse-failed not-spam-report other-report tls-report tls-report-with-warnings tls-rpc-parse-failed virus-report",
  iprev: "fail none pass perm-error temp-error",
  jmap: "account-not-found account-not-supported-by-method account-read-only anchor-not-found cannot-calculate-changes forbidden invalid-arguments invalid-result-reference method-call not-found not-json not-request request-too-large state-mismatch unknown-capability unknown-data-type unknown-method unsupported-filter unsupported-sort websocket-error websocket-start websocket-stop",
  limit:
    "blob-quota calls-in concurrent-connection concurrent-request concurrent-upload quota size-request size-upload tenant-quota too-many-requests",
  "mail-auth":
    "base64 crypto dns-error dns-invalid-record-type dns-record-not-found io missing-parameters no-headers-found parse-error policy-not-aligned",
  "manage-sieve":
    "capabilities check-script connection-end connection-start create-script delete-script error get-script have-space list-scripts logout noop raw-input raw-output rename-script set-active start-tls unauthenticate update-script",
  "message-ingest": "duplicate error ham imap-append jmap-append search-index spam",
  milter:
    "action-accept action-connection-failure action-discard action-reject action-reply-code action-shutdown action-temp-fail disconnected frame-invalid frame-too-large io-error parse-error read timeout tls-invalid-name unexpected-response write",
  "mta-hook": "action-accept action-discard action-quarantine action-reject error",
  "mta-sts": "authorized invalid-policy not-authorized policy-fetch policy-fetch-error policy-not-found",
  network:
    "accept-error bind-error closed flush-error listen-error listen-start listen-stop proxy-error read-error set-opt-error split-error timeout write-error",
  "outgoing-report":
    "dkim-rate-limited dkim-report dmarc-aggregate-report dmarc-rate-limited dmarc-report http-submission locked max-size-exceeded no-recipients-found not-found reporting-address-validation-error spf-rate-limited spf-report submission-error tls-aggregate unauthorized-reporting-address",
  pop3: "capabilities connection-end connection-start delete error fetch list list-message noop quit raw-input raw-output reset start-tls stat uidl uidl-message utf8",
  "push-subscription": "error not-found success",
  queue:
    "authenticated-message-queued autogenerated-queued back-pressure blob-not-found concurrency-limit-exceeded dsn-queued locked message-queued quota-exceeded rate-limit-exceeded report-queued rescheduled started",
  registry:
    "build-error build-warning deserialization-error local-parse-error local-read-error local-write-error not-supported read-error validation-error write-error",
  resource: "application-unpacked application-updated bad-parameters download-external error not-found",
  security:
    "abuse-ban authentication-ban ip-allow-expired ip-block-expired ip-blocked ip-unauthorized loiter-ban scan-ban unauthorized",
  server: "bootstrap-mode licensing recovery-mode shutdown startup startup-error thread-error",
  sieve:
    "action-accept action-accept-replace action-discard action-reject list-not-found message-too-large not-supported quota-exceeded runtime-error script-not-found send-message unexpected-error",
  smtp: "already-authenticated arc-fail arc-pass auth-exchange-too-long auth-mechanism-not-supported auth-not-allowed command-not-implemented concurrency-limit-exceeded connection-end connection-start deliver-by-disabled deliver-by-invalid did-not-say-ehlo dkim-fail dkim-pass dkim2-dsn-discarded dkim2-fail dkim2-pass dmarc-fail dmarc-pass dsn-disabled ehlo ehlo-expected error expn expn-disabled expn-not-found future-release-disabled future-release-invalid help id-not-found invalid-command invalid-ehlo invalid-parameter invalid-recipient-address invalid-sender-address iprev-fail iprev-pass lhlo-expected loop-detected mail-from mail-from-missing mail-from-not-allowed mail-from-rewritten mail-from-unauthenticated mail-from-unauthorized mailbox-does-not-exist message-parse-failed message-too-large missing-auth-directory missing-local-hostname mt-priority-disabled mt-priority-invalid multiple-mail-from noop quit rate-limit-exceeded raw-input raw-output rcpt-to rcpt-to-duplicate rcpt-to-greylisted rcpt-to-missing rcpt-to-rewritten relay-not-allowed request-too-large require-tls-disabled rset spf-ehlo-fail spf-ehlo-pass spf-from-fail spf-from-pass start-tls start-tls-already start-tls-unavailable syntax-error time-limit-exceeded too-many-invalid-rcpt too-many-messages too-many-recipients transfer-limit-exceeded unsupported-parameter vrfy vrfy-disabled vrfy-not-found",
  spam: "classify dnsbl dnsbl-error model-loaded model-not-found model-not-ready pyzor pyzor-error rules-updated train-completed train-sample-added train-sample-not-found train-started",
  spf: "fail neutral none pass perm-error soft-fail temp-error",
  store:
    "assert-value-failed auto-expunge azure-error blob-delete blob-missing-marker blob-read blob-store-purged blob-write cache-entry-too-large cache-hit cache-miss cache-stale cache-update crypto-error data-corruption data-iterate data-store-purged data-write decompress-error deserialize-error elasticsearch-error filesystem-error foundationdb-error http-store-error http-store-fetch ldap-error ldap-query ldap-warning meilisearch-error mysql-error not-configured not-found not-supported pool-error postgresql-error redis-error rocksdb-error s3-error sql-query sqlite-error unexpected-error",
  "task-manager":
    "blob-not-found manager-started metadata-not-found scheduler-started task-acquired task-failed task-ignored task-locked task-queued task-retry task-scheduled",
  telemetry:
    "alert-event alert-message journal-error log-error metrics-collected metrics-pushed metrics-stored otel-exporter-error otel-metrics-exporter-error prometheus-exporter-error webhook-error",
  "tls-rpt": "record-fetch record-fetch-error record-not-found",
  tls: "certificate-not-found expired-certificate-removed handshake handshake-error multiple-certificates-available no-certificates-available not-configured",
  "web-dav":
    "acl copy delete error get head lock mkcalendar mkcol move options patch post propfind proppatch put report unlock",
});

/** What the page shows and the source does not have: https://stalw.art/docs/telemetry/webhooks. The page decides. */
const PAGE_ONLY = ["store.ingest"];

/** The 637 names that `events` may list, in the order of the source: `"auth.success"`, `"store.data-corruption"`. */
export const stalwartEventTypes: readonly string[] = Object.freeze(
  Object.entries<string>(TYPES).flatMap(([group, names]) => names.split(" ").map((name) => `${group}.${name}`)),
);

/** What may be listed. */
export const listable: ReadonlySet<string> = new Set([...stalwartEventTypes, ...PAGE_ONLY]);

/** Never sent to a webhook, even if it is listed: it would tell a failing webhook of its own failures. */
export const WEBHOOK_ERROR = "telemetry.webhook-error";
