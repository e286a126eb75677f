/** The named errors. Each says what its catcher does about it; every other error is a surprise. */

/** The state moved on since it was read: someone newer is at work, so this worker stops without another write. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** Not possible now, probably possible later: the hint goes back to the queue. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
}

/** KMS does not give a data key of the vault: nothing can be sealed or opened until whoever runs the stack has mended that. */
export class VaultLocked extends Error {
  override readonly name = 'VaultLocked';
}

/** A secret is not of the form it must have: nothing that needs it can be done until whoever runs the stack has put it right. */
export class SecretMalformed extends Error {
  override readonly name = 'SecretMalformed';
}

/** The user has withdrawn the grant, or it has died. Only the user can mend that. */
export class GrantRevoked extends Error {
  override readonly name = 'GrantRevoked';
  /** Google's own word for a special case, such as `invalid_rapt`; for most it has none. */
  readonly reason: string | undefined;

  constructor(message: string, { reason, cause }: { reason?: string | undefined; cause?: unknown } = {}) {
    super(message, { cause });
    this.reason = reason;
  }
}
