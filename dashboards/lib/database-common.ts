import { chosen } from './variables';

/** Labels of the selected servers of PostgreSQL. Needs the variable `instance`. */
export const job = 'postgres';
export const instance = chosen('instance');

/** Texts of empty panels. */
export const unscraped = 'PostgreSQL does not respond, or its exporter is not scraped (Overview).';
export const unasked = 'Prometheus scrapes no service with a database (Overview).';
