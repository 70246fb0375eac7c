import { describe, expect, test } from "vitest";
import { readCandidates } from "./candidates.ts";

const SIGNATURE = "sig1=:AAAA:";
/** As JSON: what is there, and not how it is kept. */
const read = (input: string, signature: string) =>
  JSON.parse(
    JSON.stringify(readCandidates({ headers: { "signature-input": input, signature } }), (_, value) =>
      value instanceof Uint8Array || value?.type === "Buffer" ? [...(value.data ?? value)] : value,
    ),
  );

describe("what is written as usual is read as the parser of structured fields reads it", () => {
  test.each([
    "sig1=()",
    'sig1=("@method")',
    'sig1=("@method" "@path" "content-digest");created=1618884473;keyid="test-key"',
    'sig1=("@query-param";name="Pet" "x";key="a";req "y";bs;tr);created=0;expires=1;nonce="";alg="a b";keyid=";=,";tag="t"',
    'sig1=("@method"  "@path")',
    'sig1=("@method" );created=1',
    'sig1=("@method");created=01',
    'sig1=("@method");created=1;created=2',
    'sig1=("@method");tag="a";tag="b"',
    'sig1=("x";key="a";key="b")',
    'sig1=("@method" "@method")',
    'sig1=("@nothing")',
    'sig1=("Date")',
    'sig1=("@method");created="1"',
    'sig1=("@method");created=999999999999',
    'sig1=("@method");keyid=1',
    'sig1=("@method");other=1',
    'sig1=("@method");other="a";tag="t"',
    'sig1=("@method");other="a";other="b"',
    'sig1=("@method");toString="a"',
    'sig1=("@method");keyid="a\\"b"',
    'sig1=("@method");',
    'sig1=("@method") ;created=1',
    'sig2=("@method")',
    "sig1=",
  ])("%s", (input) => {
    // A further signature is nobody's, and has the parser read all.
    expect(read(input, SIGNATURE)).toEqual(read(input, `${SIGNATURE}, other=:AAAA:`));
    // The second time the list is known.
    expect(read(input, SIGNATURE)).toEqual(read(input, `${SIGNATURE}, other=:AAAA:`));
  });

  test.each([
    "sig1=:AAAA:",
    "sig1=:AAA=:",
    "sig1=:AA==:",
    "sig1=:AAA:",
    "sig1=:A:",
    "sig1=::",
    "sig1=:A=AA:",
    'sig1="AAAA"',
  ])("%s", (signature) => {
    expect(read('sig1=("@method")', signature)).toEqual(read('sig1=("@method")', `${signature}, other=:AAAA:`));
  });
});
