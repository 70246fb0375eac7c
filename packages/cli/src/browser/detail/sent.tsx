import type { Sent } from "../../page/wire.ts";

/** What was sent from here, and whether the receiver did as it should. */
export function SentList({ sent }: { readonly sent: readonly Sent[] }) {
  return (
    <ul class="sent" aria-live="polite" aria-label="Sent from here">
      {sent.map((one, i) => {
        const { good, said } = judged(one);
        return (
          <li key={sent.length - i} class={good === undefined ? "" : good ? "genuine" : "refused"}>
            <b>{one.what}</b>: {said}
          </li>
        );
      })}
    </ul>
  );
}

function judged({ answer, failed, genuine }: Sent): { readonly good?: boolean; readonly said: string } {
  if (answer === undefined) return { good: false, said: failed ?? "no answer" };
  const taken = answer.status >= 200 && answer.status < 300;
  const said = `answered ${answer.status} after ${answer.milliseconds} ms`;
  if (genuine === undefined) return { said };
  if (genuine) return { good: taken, said: taken ? `${said}, accepted` : `${said}, and should have been accepted` };
  return {
    good: !taken,
    said: taken ? `${said}: ACCEPTED, and should not have been` : `${said}, refused as it should be`,
  };
}
