/**
 * Program of a STAND-IN for an S3 bucket, as one file for Node, because no real one is available.
 * It keeps objects in memory, checks no signature, and supports what Loki and Thanos use: objects
 * (whole, ranges, HEAD, DELETE), lists, and uploads in parts. `GET /` counts the objects.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
 */
export const bucketStandIn = `
const http = require('node:http');
const { createHash } = require('node:crypto');
const objects = new Map();
const uploads = new Map();
const xml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const tag = (body) => '"' + createHash('md5').update(body).digest('hex') + '"';

http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  let body = Buffer.concat(chunks);
  if (String(request.headers['content-encoding']).includes('aws-chunked') ||
      String(request.headers['x-amz-content-sha256']).startsWith('STREAMING')) body = unchunked(body);
  const { pathname, searchParams: query } = new URL(request.url, 'http://bucket');
  const [, , ...rest] = pathname.split('/');
  const key = decodeURIComponent(rest.join('/'));
  const say = (status, text = '', headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
  if (pathname === '/') return say(200, String(objects.size));
  if (key === '') {
    if (query.has('location')) return say(200, '<LocationConstraint>us-east-1</LocationConstraint>');
    if (request.method === 'POST' && query.has('delete')) {
      for (const [, name] of String(body).matchAll(/<Key>([^<]*)<\\/Key>/g)) objects.delete(name);
      return say(200, '<DeleteResult></DeleteResult>');
    }
    if (request.method !== 'GET') return say(200);
    return say(200, list(query));
  }
  if (request.method === 'POST' && query.has('uploads')) {
    const id = String(uploads.size + 1);
    uploads.set(id, new Map());
    return say(200, '<InitiateMultipartUploadResult><UploadId>' + id + '</UploadId></InitiateMultipartUploadResult>');
  }
  const parts = uploads.get(query.get('uploadId'));
  if (request.method === 'PUT' && parts) {
    parts.set(Number(query.get('partNumber')), body);
    return say(200, '', { etag: tag(body) });
  }
  if (request.method === 'POST' && parts) {
    const whole = Buffer.concat([...parts].sort(([a], [b]) => a - b).map(([, part]) => part));
    objects.set(key, { body: whole, at: new Date() });
    return say(200, '<CompleteMultipartUploadResult><ETag>' + tag(whole) + '</ETag></CompleteMultipartUploadResult>');
  }
  if (request.method === 'PUT') {
    objects.set(key, { body, at: new Date() });
    return say(200, '', { etag: tag(body) });
  }
  if (request.method === 'DELETE') {
    objects.delete(key);
    return say(204);
  }
  const found = objects.get(key);
  if (!found) return say(404, '<Error><Code>NoSuchKey</Code><Key>' + xml(key) + '</Key></Error>');
  const headers = { etag: tag(found.body), 'last-modified': found.at.toUTCString(),
    'content-type': 'application/octet-stream', 'accept-ranges': 'bytes' };
  const range = /^bytes=(\\d+)-(\\d*)$/.exec(request.headers.range || '');
  const from = range ? Number(range[1]) : 0;
  const to = range && range[2] ? Math.min(Number(range[2]), found.body.length - 1) : found.body.length - 1;
  const part = found.body.subarray(from, to + 1);
  headers['content-length'] = part.length;
  if (range) headers['content-range'] = 'bytes ' + from + '-' + to + '/' + found.body.length;
  say(range ? 206 : 200, part, headers);
}).listen(9000);

/** Without the sizes and signatures of the parts in which some clients send. */
function unchunked(body) {
  const parts = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf('\\r\\n', at);
    const size = parseInt(body.subarray(at, end).toString('latin1'), 16);
    if (!size) break;
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}

function list(query) {
  const prefix = query.get('prefix') || '';
  const delimiter = query.get('delimiter') || '';
  const after = query.get('start-after') || query.get('continuation-token') || query.get('marker') || '';
  const contents = [];
  const folders = new Set();
  for (const key of [...objects.keys()].sort()) {
    if (!key.startsWith(prefix) || key <= after) continue;
    const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    if (cut >= 0) folders.add(key.slice(0, cut + delimiter.length));
    else contents.push(key);
  }
  const entry = (key) => '<Contents><Key>' + xml(key) + '</Key><LastModified>' +
    objects.get(key).at.toISOString() + '</LastModified><ETag>' + xml(tag(objects.get(key).body)) +
    '</ETag><Size>' + objects.get(key).body.length + '</Size><StorageClass>STANDARD</StorageClass></Contents>';
  return '<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>bucket</Name><Prefix>' + xml(prefix) +
    '</Prefix><KeyCount>' + (contents.length + folders.size) + '</KeyCount><MaxKeys>1000000</MaxKeys>' +
    '<IsTruncated>false</IsTruncated>' + contents.map(entry).join('') +
    [...folders].map((f) => '<CommonPrefixes><Prefix>' + xml(f) + '</Prefix></CommonPrefixes>').join('') +
    '</ListBucketResult>';
}
`;
