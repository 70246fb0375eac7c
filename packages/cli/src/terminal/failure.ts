/** What the process says when it ends, for scripts. */
export const EXIT = Object.freeze({
  /** Done, and the answer is yes: genuine, accepted, right. */
  yes: 0,
  /** Done, and the answer is no: refused, not accepted, wrong. */
  no: 1,
  /** The command was not understood, or its secret cannot be used. */
  usage: 2,
  /** What was given to read is not there, or is nothing that can be read. */
  input: 3,
  /** Something outside failed: the network, a port, a disk. */
  outside: 4,
  /** A mistake of this program. */
  bug: 70,
  /** Ended with Ctrl-C before it was done. */
  interrupted: 130,
});

/** Why a command cannot be done: a sentence on what happened, one on how to mend it, and never a secret. */
export class Failure extends Error {
  override readonly name = "Failure";
  /** Stable, for scripts: `"unknown_option"`. */
  readonly code: string;
  /** One of {@link EXIT}. */
  readonly exit: number;
  /** How to put it right; may be empty. */
  readonly mend: string;

  constructor(exit: keyof typeof EXIT, code: string, message: string, mend = "") {
    super(message);
    this.exit = EXIT[exit];
    this.code = code;
    this.mend = mend;
  }
}
