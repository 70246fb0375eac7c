import { ConfigurationError } from "@countersign/core";
import type { Context, Outcome } from "../command-line/command.ts";
import { listenOptions } from "../listen/options.ts";
import { startReceiver } from "../listen/receiver.ts";
import { shownAsJson, shownAsLines } from "../listen/show.ts";
import type { ListenPage } from "../page/for-listen.ts";
import { Failure } from "../terminal/failure.ts";
import { count } from "../terminal/text.ts";
import { judge } from "../verdict/judge.ts";

/** Receives until Ctrl-C, and shows each delivery as it comes. */
export async function run(context: Context): Promise<Outcome> {
  const { given, output, world } = context;
  const paged = given.on("open") || given.on("page");
  if (!paged && (given.text("sqlite") ?? given.text("postgres-env")) !== undefined)
    throw new Failure(
      "usage",
      "outbox_without_page",
      "An outbox is shown in the page alone.",
      "Give --open or --page too.",
    );
  const options = await listenOptions(context);
  await checkSecrets(options);
  const { paint } = output;
  let answered = 0;
  let refused = 0;
  let page: ListenPage | undefined;
  const receiver = await startReceiver(
    options,
    {
      async delivery(shown) {
        answered++;
        if (shown.verdict?.ok === false) refused++;
        page?.show(shown);
        // A terminal that is gone must not end the receiver: what comes is kept and forwarded all the same.
        await output.lines([...shownAsLines(shown, paint), ""]).catch(() => {});
        await output.value(shownAsJson(shown)).catch(() => {});
      },
      trouble: (sentence) => output.complain(paint.yellow(sentence)),
    },
    world.now,
  );
  const url = `http://${options.host}:${receiver.port}`;
  try {
    if (paged) page = await (await import("../page/for-listen.ts")).pageForListen(context, options, url);
  } catch (error) {
    await receiver.close();
    throw error;
  }
  await output.value({
    kind: "listening",
    url,
    keeps: options.folder?.path ?? null,
    forward: options.forward?.href ?? null,
    ...(page === undefined ? {} : { page: page.url }),
  });
  await output.lines([
    `Listening on ${paint.bold(url)}${options.forward === undefined ? "" : `, forwarding to ${options.forward.href}`}`,
    options.folder === undefined ? "Nothing is kept." : `Deliveries are kept in ${options.folder.path}`,
    ...(page?.lines ?? []),
    paint.dim("Ctrl-C ends it."),
    "",
  ]);
  await new Promise<void>((resolve) => {
    if (world.signal.aborted) resolve();
    world.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await receiver.close();
  await page?.close();
  const keeps = options.folder?.path ?? null;
  return {
    ok: true,
    json: { kind: "ended", answered, refused, keeps },
    lines: [
      `${count(answered, "delivery", "deliveries")}, ${refused} refused.`,
      ...(keeps === null || answered === 0 ? [] : [paint.dim("countersign resend --all --to URL sends them again.")]),
    ],
  };
}

/** A secret that the provider cannot use is told now, not at the first delivery. @throws ConfigurationError */
async function checkSecrets({ provider, secrets }: Awaited<ReturnType<typeof listenOptions>>): Promise<void> {
  if (provider === undefined || provider === "detect" || secrets.length === 0) return;
  const nothing = { method: "POST", url: "", headers: [], body: new Uint8Array(), form: "", notes: [] };
  try {
    await judge(provider, secrets, nothing, 0);
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
  }
}
