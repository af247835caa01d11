import { percentile } from "../dev/percentile.ts";
import { measureHearing } from "./view/hearing.ts";
const h = await measureHearing();
for (const k of ["fromLink","fromClick","fromGuestLink","fromGuestClick"] as const) console.log(k, "p50", percentile(h[k],0.5), "p95", percentile(h[k],0.95), h[k].map(Math.round).join(" "));
console.log(h.phases.map(({phase,p50,p95})=>`${phase} ${p50}/${p95}`).join("  "));
console.log(h.guestPhases.map(({phase,p50,p95})=>`${phase} ${p50}/${p95}`).join("  "));
