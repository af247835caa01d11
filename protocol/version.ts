/**
 * The protocol's version, spoken in the first message of every socket.
 *
 * A change that an older peer can ignore (a new optional field, a new message it may drop) leaves the number alone. A
 * change that it would misunderstand raises `PROTOCOL_VERSION`; when the room can no longer serve the older form,
 * `PROTOCOL_VERSION_MIN` follows and those clients get `version-unsupported` (close code 4406) instead of a crash.
 */
export const PROTOCOL_VERSION = 1;
export const PROTOCOL_VERSION_MIN = 1;

/** The WebSocket subprotocol (RFC 6455, 1.9) of a room's socket. The ticket is offered beside it. */
export const SUBPROTOCOL = "sessionlinked.v1";
