import { keeping } from "./mutations/keeping.ts";
import type { Mutation } from "./mutations/mutation.ts";
import { rights } from "./mutations/rights.ts";
import { sessions } from "./mutations/sessions.ts";
import { sight } from "./mutations/sight.ts";

/** Every rule that is broken on purpose, by what it is about. */
export const mutations: readonly Mutation[] = [...keeping, ...sight, ...sessions, ...rights];
