import { services } from '../services';

/** Paths in the container of Caddy. */
export const caddyPaths = { config: '/etc/audifi/Caddyfile', scratch: '/tmp' } as const;

const { http, metrics } = services.caddy.ports;
export const caddyPorts = { web: http, metrics } as const;

export interface CaddyConfigArgs {
  /** `host:port` of the API server, for all requests except the studio's. */
  readonly api: string;
  /** `host:port` of the WebSocket server. */
  readonly studio: string;
}

/**
 * The Caddyfile. Caddy does not health-check the API server by /health, which returns 503 without a
 * database. Clients must see that response and not an error of Caddy. Instead, Caddy waits for a
 * restarting server. Pure. See https://caddyserver.com/docs/caddyfile
 */
export function caddyConfig({ api, studio }: CaddyConfigArgs): string {
  return `{
	admin off
	auto_https off
	persist_config off
	grace_period 10s
	metrics
	log {
		output stdout
		format json
	}
	servers {
		timeouts {
			read_header 5s
			read_body 10s
			# No write timeout: Caddy 2.11.9 panics at the end of a WebSocket that is older than it.
			idle 2m
		}
		max_header_size 16KB
	}
}

:${caddyPorts.web} {
	log {
		output stdout
		format filter {
			wrap json
			fields {
				# Clients of the WebSocket send their token in the URL.
				request>uri query {
					replace token REDACTED
				}
			}
		}
	}

	header {
		-Server
		X-Content-Type-Options nosniff
		X-Frame-Options DENY
		Referrer-Policy no-referrer
		Content-Security-Policy "default-src 'none'; frame-ancestors 'none'"
	}

	request_body {
		max_size 1MB
	}

	@studio path /v1/studio
	handle @studio {
		reverse_proxy ${studio} {
			import patience
		}
	}
	handle {
		reverse_proxy ${api} {
			import patience
		}
	}
}

# No other requests on this port.
:${caddyPorts.metrics} {
	handle /metrics {
		metrics
	}
	handle {
		respond 404
	}
}
`.replaceAll('\t\t\timport patience\n', patience);
}

/** Retries refused connections, so that a restart causes a delay and not an error. */
const patience = `			lb_try_duration 5s
			lb_try_interval 100ms
			transport http {
				dial_timeout 2s
				response_header_timeout 30s
				keepalive 90s
			}
`;
