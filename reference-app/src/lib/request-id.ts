import { randomUUID } from 'node:crypto';

/** Id of a request or a message, the same in its answer, its log lines and its trace: req_ and 16 hex digits. */
export const newRequestId = (): string => `req_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
