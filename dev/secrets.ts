import * as opaque from "@serenity-kit/opaque";

/** A new server setup for OPAQUE (RFC 9807): the secret that every password's record is made with. */
export async function newOpaqueSetup(): Promise<string> {
  await opaque.ready;
  return opaque.server.createSetup();
}
