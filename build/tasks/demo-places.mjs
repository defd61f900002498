/** What both sides of the demo know: TEST-NET-2 addresses (RFC 5737), the cable's ends and the hidden service. */
export const CLIENT = '198.51.100.1';
export const SERVER = '198.51.100.2';
export const CLIENT_LINK = 'demo-client';
export const SERVER_LINK = 'demo-server';
export const DOOR_PORT = 22;
export const OPEN_FOR_S = 5;
export const BANNER = 'hello from behind the door';
