/**
 * Makes a description's Opus fit for music (RFC 7587): stereo both ways, in-band FEC, 10 ms packets, up to 256 kbit/s, no
 * discontinuous transmission. Everything else is left as it is.
 */
export function forMusic(sdp: string): string {
  const lines = sdp.split("\r\n");
  const payload = lines
    .map((line) => /^a=rtpmap:(\d+) opus\/48000\/2$/i.exec(line)?.[1])
    .find((found) => found !== undefined);
  if (payload === undefined) return sdp;
  const parameters = "stereo=1;sprop-stereo=1;useinbandfec=1;usedtx=0;maxaveragebitrate=256000;minptime=10;ptime=10";
  const fmtp = `a=fmtp:${payload} `;
  const tuned = lines
    .filter((line) => !line.startsWith(fmtp) && !/^a=(max)?ptime:/.test(line))
    .flatMap((line) =>
      line.startsWith(`a=rtpmap:${payload} `) ? [line, `${fmtp}${parameters}`, "a=ptime:10", "a=maxptime:20"] : [line],
    );
  return tuned.join("\r\n");
}

/** The fingerprints of a description's certificates (RFC 8122), spelled as one spells them: whoever changes one changes this. */
export function fingerprintOf(sdp: string): string {
  const lines = [...sdp.matchAll(/^a=fingerprint:(\S+) (\S+)/gm)];
  const spelled = lines.map(([, hash = "", digest = ""]) => `${hash.toLowerCase()} ${digest.toUpperCase()}`);
  return [...new Set(spelled)].sort().join(" ");
}

/** The description's own session id (the second field of `o=`, RFC 8866): it stays through restarts and differs between connections. */
export function sessionIdOf(sdp: string): string {
  return /^o=\S+ (\d+) /m.exec(sdp)?.[1] ?? "";
}
