/** The API server answered, but not what was asked for. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** The version that was asked from is too old to go on with: list again. */
  get expired(): boolean {
    return this.status === 410;
  }
}
