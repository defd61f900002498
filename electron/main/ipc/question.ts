/** What a person is asked in a native dialog, with the button that goes ahead. */
export interface Question {
  readonly message: string;
  readonly detail: string;
  /** The label of the button that goes ahead. */
  readonly yes: string;
}
