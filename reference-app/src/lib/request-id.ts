import { randomUUID } from 'node:crypto';

/** ID of a request or message, in its response, log lines and trace: req_ and 16 hex digits. */
export const newRequestId = (): string => `req_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
