/** A condition for `/health/ready`; rejects when it does not hold. */
export interface ReadyCheck {
  readonly name: string;
  check(): Promise<unknown>;
}
