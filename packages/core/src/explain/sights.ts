import { decodeText } from "../body/text.ts";
import type { Secret } from "../scheme/secret.ts";
import type { NotSecret } from "../secret/secrets.ts";
import type { Finding } from "./finding.ts";

/** What a text is that was given as a secret, seen by its look. No pattern quotes a real one. */
interface Sight {
  readonly look: RegExp;
  readonly what: string;
}

/** What templates, secret stores and dashboards leave where a secret should be. */
const PLACEHOLDERS: readonly Sight[] = [
  {
    look: /^(?:undefined|null|none|nil|nan|true|false|\[object \w+\])$/i,
    what: "a value that was not there, written as text",
  },
  {
    look: /^(?:\$\{.*\}|\$\(.*\)|\$[A-Za-z_]\w*|%[A-Za-z_]\w*%|\{\{.*\}\}|<%.*%>|#\{.*\}|@@?\w+@@?|process\.env\.\w+|env\(.*\))$/s,
    what: "a variable that nothing replaced",
  },
  {
    look: /^(?:op|vault|ssm|gcp|azurekv|akv|awssm|aws-sm|doppler|infisical|bws|keyring|secret|ref\+\w+):\/\//i,
    what: "a reference to a secret store that nothing resolved",
  },
  {
    look: /^(?:arn:aws[\w-]*:|projects\/[^/]+\/secrets\/|vault:|ssm:|secretsmanager:|\{\{resolve:|@Microsoft\.KeyVault|\/run\/secrets\/|file:)/i,
    what: "a reference to a secret store that nothing resolved",
  },
  {
    look: /^(?:ENC\[|AQICA[A-Z]|\$ANSIBLE_VAULT|vault:v\d+:|age-encryption|-----BEGIN (?:AGE|PGP))/,
    what: "a secret that is still encrypted",
  },
  { look: /^encrypted:[A-Za-z0-9+/]{20,}/, what: "a secret that is still encrypted" },
  { look: /^\*{3}$|_\.{3}$/, what: "the dots or stars that are shown in place of a secret" },
  {
    look: /^[<([]\s*(?:sensitive|redacted|filtered|hidden|masked|removed|secret)\b[^>)\]]*[>)\]]$/i,
    what: "what a filter leaves in its place",
  },
  { look: /[•●∙·⋅…＊]{3,}|\*{4,}|x{8,}|X{8,}|\.{4,}/, what: "the dots or stars that are shown in place of a secret" },
  { look: /^<.*>$|^\[.*(?:secret|token|key).*\]$/is, what: "a placeholder of an example" },
  {
    look: /change[-_ ]?me|replace[-_ ]?(?:me|with|this)|your[-_ ].{0,40}(?:secret|token|key)|(?:secret|token|key)[-_ ]?(?:goes|here)|insert[-_ ]|placeholder|^(?:todo|changeit)$/i,
    what: "a placeholder of an example",
  },
];

/** What vendors show beside a webhook's secret and is none, by how it begins. */
const OTHERS: readonly Sight[] = [
  { look: /^(?:test)?(?:sk|rk)_/, what: "an API key" },
  { look: /^pk_/, what: "a publishable API key" },
  { look: /^c[ks]_[0-9a-f]{40}$/, what: "an API key" },
  { look: /^(?:we|ep|evt|msg|app|acct|wh|whe)_[A-Za-z0-9]{8,}$/, what: "an id" },
  { look: /^(?:xox[a-z]-|xoxe\.|xapp-)/, what: "an access token" },
  { look: /^(?:gh[oprsu]_|github_pat_)/, what: "an access token" },
  { look: /^(?:gl[a-z]{2,5}-[\w-]{16,}|GR1348941)/, what: "an access token" },
  { look: /^shp(?:at|ca|pa|ua|tka)_/, what: "an access token" },
  { look: /^lin_(?:api|oauth)_/, what: "an API key" },
  { look: /^(?:AC|SK|MG|PN|VA)[0-9a-f]{32}$/, what: "an id" },
  { look: /^SG\.[\w-]{16,}/, what: "an API key" },
  { look: /^re_[A-Za-z0-9_]{8,}/, what: "an API key" },
  { look: /^ntn_/, what: "an access token" },
  { look: /^sntry[a-z]_/, what: "an access token" },
  { look: /^rzp_(?:live|test)_/, what: "an API key's id" },
  { look: /^(?:EAAA|sq0[a-z]{3}-|sandbox-sq0)/, what: "an access token" },
  { look: /^pat-[a-z]{2}\d*-/, what: "an access token" },
  { look: /^tfp_/, what: "an access token" },
  { look: /^pdl_(?:live|sdbx)_/, what: "an API key" },
  { look: /^tskey-(?:api|auth|client|scim)-/, what: "an API key" },
  { look: /^(?:AKIA|ASIA)[0-9A-Z]{16}$/, what: "an access key's id" },
  { look: /^eyJ[\w-]+\.eyJ[\w-]*\.[\w-]*$/, what: "a JSON Web Token" },
  { look: /^[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}$/, what: "a bot's token" },
  { look: /^\d{15,20}$/, what: "an application's id" },
  { look: /^https?:\/\//i, what: "a URL" },
  { look: /^(?:v\d|sha\d+)[=,]|^ts?=\d+[,;]/, what: "a signature" },
  { look: /^-----BEGIN [A-Z ]*PRIVATE KEY/, what: "a private key" },
];

const COPY = "Copy the secret from the page where the webhook itself is set up.";

/** What the secret looks like, where it does not look like one. It is never quoted. */
export function seeSecrets(secrets: readonly Secret[], others: readonly NotSecret[] = []): readonly Finding[] {
  return secrets.flatMap((secret) => {
    const text = (typeof secret === "string" ? secret : (decodeText(secret) ?? ""))
      .trim()
      .replace(/^(["'`])(.*)\1$/s, "$2");
    const empty = PLACEHOLDERS.find(({ look }) => look.test(text));
    if (empty !== undefined) {
      const mend =
        "Look at where it is set: the variable's name, the file that is read, the step that should replace it.";
      return [{ code: "secret_placeholder", sentence: `What is given as the secret is ${empty.what}.`, mend }];
    }
    const row = others.find(({ prefix }) => text.startsWith(prefix));
    const other = row ?? OTHERS.find(({ look }) => look.test(text));
    if (other === undefined) return [];
    const sentence = `What is given as the secret looks like ${other.what}, not like the secret that webhooks are signed with.`;
    return [{ code: "secret_is_api_key", sentence, mend: COPY }];
  });
}
