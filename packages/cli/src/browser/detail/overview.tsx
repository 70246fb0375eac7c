import type { Step } from "../../listen/timeline.ts";
import type { Detail } from "../../page/wire.ts";

/** The verdict, its cause, and the way of the request. */
export function Overview({ detail }: { readonly detail: Detail }) {
  const { standing, code, message, causes, steps, answer } = detail;
  return (
    <>
      <section class={`verdict ${standing}`}>
        <h3>{standing === "refused" ? code : message}</h3>
        {/* What was found says it better. */}
        {standing === "refused" && causes.length === 0 && <p>{message}</p>}
        {causes.length > 0 && (
          <ul class="causes">
            {causes.map((cause) => (
              <li key={cause.code}>
                <p>{cause.sentence}</p>
                <p>
                  <b>Mend</b> {cause.mend}
                </p>
              </li>
            ))}
          </ul>
        )}
      </section>
      <Facts detail={detail} />
      <section>
        <h3>Timeline</h3>
        <ol class="timeline">
          {steps.map((step, i) => (
            <StepLine key={i} step={step} />
          ))}
        </ol>
      </section>
      {answer !== undefined && (
        <section>
          <h3>What your receiver answered</h3>
          <pre class="text">
            {[
              `HTTP ${answer.status}`,
              ...answer.headers.map(([name, value]) => `${name}: ${value}`),
              "",
              answer.body,
            ].join("\n")}
          </pre>
        </section>
      )}
    </>
  );
}

const STEPS: Readonly<Record<Step["name"], string>> = {
  head: "Head judged",
  body: "Body read",
  verdict: "Verdict",
  claim: "Claim",
  handler: "Handler",
  settled: "Settled",
};

function StepLine({ step: { name, after, note, good } }: { readonly step: Step }) {
  return (
    <li class={good ? "" : "bad"}>
      <span>{STEPS[name]}</span>
      <span class="quiet">{note}</span>
      <span class="quiet number">{`${after.toFixed(1)} ms`}</span>
    </li>
  );
}

function Facts({ detail }: { readonly detail: Detail }) {
  const { provider, docs, status, signedAt, secret, called, from, signed } = detail;
  const facts: readonly (readonly [what: string, value: string])[] = [
    ["Provider", provider],
    ["Answered", status === 0 ? "" : String(status)],
    ["Signed at", signedAt ?? ""],
    ["Secret", secret === undefined ? "" : `the ${["first", "second", "third"][secret - 1] ?? `${secret}th`} matched`],
    ["Called at", signed?.parts.some(({ what }) => what === "the URL") ? called : ""],
    ["Came in at", from],
    ["Documents", docs ?? ""],
  ];
  return (
    <dl class="facts">
      {facts.map(
        ([what, value]) =>
          value !== "" && (
            <div key={what}>
              <dt>{what}</dt>
              <dd>
                {what === "Documents" ? (
                  <a href={value} target="_blank" rel="noreferrer">
                    {value}
                  </a>
                ) : (
                  value
                )}
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}
