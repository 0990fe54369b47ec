/** In seconds, like all durations of the rules. */
export const day = 86_400;
