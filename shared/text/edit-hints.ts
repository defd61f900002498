/** The next step where a profile has to be changed, for a person in the app as on the command line, which has no editor. */

const ANEW = 'on the command line: sallyport remove, then sallyport add';

export const EDIT_PROFILE = `Edit the profile in the app; ${ANEW}.`;

export const ENTER_AGAIN = `Edit the profile in the app and enter its secret again; ${ANEW} with it.`;

export const PUT_BACK_OR_ENTER = `Put back a copy of it, or edit the profile in the app and enter its secret again; ${ANEW} with it.`;

export const ROTATING_ONLY = `Only a rotating secret is replaced this way. For another sequence or key edit the profile in the app; ${ANEW}.`;
