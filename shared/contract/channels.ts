/** Channel names. Apart from the contract so that the preload, which needs nothing else at run time, stays tiny. */

export const CALL_CHANNEL_PREFIX = 'sallyport:call:';
export const EVENT_CHANNEL = 'sallyport:event';
/** The scheme that the app's own pages are served from, and where its window starts. */
export const APP_SCHEME = 'app';
export const APP_ORIGIN = 'app://sallyport';
