import type { RequestListener } from 'node:http';
import { checkHeartbeat, pagerDutyEvent, slackMessage } from './events';
import { type Answer, HttpError, jsonObject, listener, type Log } from './http';
import { page, pageHeaders } from './page';
import type { NewNotification, Store } from './store';

/** Larger than any message of Alertmanager. */
const bodyLimit = 1024 * 1024;

/**
 * The APIs of PagerDuty and Slack that Alertmanager calls, and the pages and JSON for people and
 * tests.
 */
export function inboxListener(store: Store, log: Log): RequestListener {
  const keep = (notification: NewNotification) => {
    store.add(notification);
    // Without the title, which may contain personal data.
    log('info', `${notification.via} ${notification.status}: ${notification.alert}`);
  };
  return listener(bodyLimit, log, ({ method, path, body }): Answer => {
    const [, channel] = /^\/slack\/([\w-]{1,80})$/.exec(path) ?? [];
    if (method === 'POST' && channel !== undefined) {
      keep(slackMessage(jsonObject(body), channel));
      // The response of Slack, which Alertmanager checks.
      return { status: 200, body: 'ok', headers: { 'content-type': 'text/plain' } };
    }
    switch (`${method} ${path}`) {
      case 'POST /v2/enqueue': {
        const event = pagerDutyEvent(jsonObject(body));
        keep(event);
        const answer = { status: 'success', message: 'Event processed', dedup_key: event.key };
        return { status: 202, body: answer };
      }
      case 'POST /heartbeat':
        checkHeartbeat(jsonObject(body));
        store.heartbeat();
        return { status: 200, body: { status: 'ok' } };
      case 'GET /':
        return { status: 200, body: page(store.state), headers: pageHeaders };
      case 'GET /api/notifications':
        return { status: 200, body: store.state };
      case 'DELETE /api/notifications':
        store.clear();
        return { status: 200, body: { status: 'cleared' } };
      case 'GET /health':
        return { status: 200, body: { status: 'healthy' } };
      default:
        throw new HttpError(404, 'not_found', 'no such route');
    }
  });
}
