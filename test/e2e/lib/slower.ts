/**
 * How many times slower a suite with a short `scrape_interval` runs than usual. `scripts/e2e.ts`
 * sets it when it repeats a failed suite: on a busy machine, scrapes take longer than an interval
 * of 1 s, and false alerts fire. @default 1
 */
export const slower = Number(process.env.AUDIFI_E2E_SLOWER ?? 1);
