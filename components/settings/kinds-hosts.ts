import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';
import { isCidrRange, networkOf } from '../workload-validation-outside';
import { kind } from './kinds';

/** Addresses at which a container only reaches itself, also as IPv4 addresses in IPv6. */
const own = new BlockList();
own.addSubnet('127.0.0.0', 8);
own.addAddress('0.0.0.0');
own.addAddress('::', 'ipv6');
own.addAddress('::1', 'ipv6');

/** Whether the host is this machine, or in a container the container. Without brackets. */
export function isLoopback(host: string): boolean {
  if (isIPv4(host)) return own.check(host, 'ipv4');
  if (isIPv6(host)) return own.check(host, 'ipv6');
  return /^(.*\.)?localhost\.?$/i.test(host);
}

/** Private addresses: RFC 1918, link-local addresses, and unique local addresses of IPv6. */
const privateRanges = new BlockList();
privateRanges.addSubnet('10.0.0.0', 8);
privateRanges.addSubnet('172.16.0.0', 12);
privateRanges.addSubnet('192.168.0.0', 16);
privateRanges.addSubnet('169.254.0.0', 16);
privateRanges.addSubnet('fc00::', 7, 'ipv6');
privateRanges.addSubnet('fe80::', 10, 'ipv6');

/**
 * Whether the host name of an http(s) URL has no dot or a private suffix, or the address is private
 * or a loopback address.
 */
export function isPrivate(url: string): boolean {
  const host = (hostOf(url) ?? '').replace(/\.$/, '');
  if (isLoopback(host)) return true;
  if (isIPv4(host)) return privateRanges.check(host, 'ipv4');
  if (isIPv6(host)) return privateRanges.check(host, 'ipv6');
  return !host.includes('.') || /\.(internal|local|svc|test)$/i.test(host);
}

export const loopback =
  'is a loopback address, which in a container is the container itself: use the address of the ' +
  'machine, or a name in its Docker network or cluster';

/**
 * An absolute URL as in RFC 3986. The WHATWG parser silently repairs a single slash, blanks,
 * backslashes and addresses such as 127.1, but servers written in Go reject them or parse them
 * differently.
 */
const urlPattern = /^https?:\/\/(\[[^\]/?#]+\]|[^/?#:]+)(?::([1-9]\d*))?(?:[/?#].*)?$/i;
const urlLetters = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9a-fA-F]{2})+$/;

/** The host of an http(s) URL as it is written, without brackets; undefined if it has none. */
export function hostOf(text: string): string | undefined {
  const [, written] = urlPattern.exec(text) ?? [];
  return written === undefined ? undefined : bare(written);
}

/** What is wrong with an http(s) URL; undefined if nothing is. */
function urlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.username !== '' || url.password !== '')) {
    return 'contains a user or password, which would be visible';
  }
  const isUrl = url !== undefined && urlLetters.test(text) && isHost(hostOf(text) ?? '');
  return isUrl ? undefined : 'is not an http(s) URL';
}

/** A text with one problem at most. */
const checked = (error: string, problemOf: (text: string) => string | undefined) =>
  z.string({ error }).superRefine((text, context) => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

/** An http(s) URL. `loopbackWarning` warns of one that a container cannot reach. */
export const httpUrl = checked('is not a URL', urlProblem).meta(kind('http(s) URL'));

/** URL at which people reach a server. Links append a path to it. */
export const pageUrl = httpUrl
  .refine((text) => !/[?#]/.test(text), { error: 'has a query or a fragment (?, #)' })
  .meta(kind('http(s) URL'));

/** URL of a store: without a path, because the bucket is a setting of its own. */
export const storeUrl = httpUrl
  .refine((text) => /^[a-z]+:\/\/[^/?#]*\/?$/i.test(text), { error: 'has a path or a query' })
  .meta(kind('http(s) URL'));

/** A host without the brackets of an IPv6 address in a URL. */
export const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

/** Labels may start with "_", as in SRV records (`_metrics._tcp.worker`). */
const nameLabel = /^_?[a-zA-Z0-9]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?$/;

/** Whether the text is a DNS name. If the last label were a number, it would be an address. */
export function isDnsName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  return (
    text.length <= 253 &&
    labels.every((label) => nameLabel.test(label)) &&
    !/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) ?? '')
  );
}

/**
 * Whether it is a DNS name of one label, apart from the service and protocol of an SRV record
 * (`_metrics._tcp.worker`), and not this machine.
 */
export const isShortName = (text: string): boolean =>
  isDnsName(text) && !isLoopback(text) && /^(_[^.]+\.)*[^.]+\.?$/.test(text);

/** Whether the text is a DNS name or an IP address without brackets. */
export const isHost = (text: string): boolean =>
  isIPv4(text) || (isIPv6(text) && !text.includes('%')) || isDnsName(text);

/** The namespace in a name of a cluster (`api.audifi.svc…`); undefined if it is another name. */
export const namespaceIn = (host: string): string | undefined =>
  /(?:^|\.)([^.]+)\.svc(?:\.|$)/.exec(host.toLowerCase())?.[1];

/** Why Prometheus cannot scrape this host; undefined if it can. */
function notScraped(host: string): string | undefined {
  return namespaceIn(host)?.includes('_') === true
    ? 'has a "_" in the part before ".svc", which is a namespace: use letters, digits and "-"'
    : undefined;
}

/** A DNS name or an IP address that a container connects to, without scheme and port. */
export const host = checked('is not a host', (text) =>
  isHost(text) ? undefined : 'is not a host (a name or an address, no scheme, no port)',
).meta(kind('host'));

/** `host:port` of a target, with IPv6 addresses in brackets. */
export const hostAndPort = checked('is not host:port', (text) => {
  const [, name = '', number = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  const named = name.startsWith('[')
    ? isIPv6(bare(name)) && isHost(bare(name))
    : !isIPv6(name) && isHost(name);
  return named && Number(number) >= 1 && Number(number) <= 65535
    ? notScraped(bare(name))
    : 'is not host:port (no scheme, no path)';
}).meta(kind('host:port'));

export const dnsName = z
  .string({ error: 'is not a DNS name' })
  .refine(isDnsName, { error: 'is not a DNS name' })
  .meta(kind('DNS name'));

/** A DNS name of targets. */
export const targetName = checked('is not a DNS name', (text) =>
  isDnsName(text) ? notScraped(text) : 'is not a DNS name',
).meta(kind('DNS name'));

/** Addresses as `10.0.0.0/8`, IPv4 or IPv6. Newer versions of Kubernetes refuse `10.0.0.5/8`. */
export const cidrRange = z
  .string({ error: 'is not a CIDR range' })
  .superRefine((text, context) => {
    const meant = networkOf(text);
    if (!isCidrRange(text)) {
      const message = 'is not a CIDR range, e.g. 34.120.0.0/16';
      context.addIssue({ code: 'custom', message });
    } else if (meant !== undefined && meant !== text) {
      const message =
        'does not begin with the first address of its range, as in 10.0.0.0/16 (not 10.0.0.5/16)';
      context.addIssue({ code: 'custom', message, params: { meant } });
    }
  })
  .meta(kind('CIDR range'));
