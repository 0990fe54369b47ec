-- Schema of the reference application. Applied at every start of the database: each statement may run again.

CREATE TABLE IF NOT EXISTS users (
  id         text PRIMARY KEY,
  provider   text NOT NULL,
  subject    text NOT NULL,
  email      text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider, subject)
);

CREATE TABLE IF NOT EXISTS tracks (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  artist_id   text NOT NULL,
  title       text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
  price_cents integer NOT NULL CHECK (price_cents BETWEEN 0 AND 1000000),
  status      text NOT NULL DEFAULT 'processing' CHECK (status IN ('processing', 'ready')),
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS tracks_by_time ON tracks (created_at DESC);

CREATE TABLE IF NOT EXISTS orders (
  id          text PRIMARY KEY,
  buyer_id    text NOT NULL,
  track_id    bigint NOT NULL REFERENCES tracks (id),
  price_cents integer NOT NULL,
  checkout_id text UNIQUE,
  status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'paid')),
  created_at  timestamptz NOT NULL DEFAULT now(),
  paid_at     timestamptz
);
CREATE INDEX IF NOT EXISTS orders_by_track ON orders (track_id);

-- What was processed already: Stripe sends an event again until it is answered, and sometimes after.
CREATE TABLE IF NOT EXISTS stripe_events (
  id           text PRIMARY KEY,
  type         text NOT NULL,
  processed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS payouts (
  order_id     text PRIMARY KEY REFERENCES orders (id),
  amount_cents integer NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS studio_sessions (
  id         text PRIMARY KEY,
  host_id    text NOT NULL,
  title      text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now()
);

INSERT INTO studio_sessions (id, host_id, title)
SELECT 'studio-' || n, 'user_host_' || n, 'Session ' || n FROM generate_series(1, 5) AS n
ON CONFLICT DO NOTHING;

INSERT INTO tracks (artist_id, title, price_cents, status)
SELECT 'user_artist_' || n % 7, 'Track ' || n, 99 + n, 'ready' FROM generate_series(1, 50) AS n
WHERE NOT EXISTS (SELECT 1 FROM tracks);
