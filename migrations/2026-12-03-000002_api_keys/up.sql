CREATE TABLE api_keys (
    id uuid NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    digest bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    CONSTRAINT api_keys_pkey PRIMARY KEY (id),
    CONSTRAINT api_keys_digest_key UNIQUE (digest),
    CONSTRAINT api_keys_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT api_keys_role_known CHECK (role IN ('reader', 'editor', 'admin')),
    CONSTRAINT api_keys_digest_length CHECK (octet_length(digest) = 32)
);
COMMENT ON TABLE api_keys IS 'API keys of the registry. The keys themselves are never stored, only their digests.';
COMMENT ON COLUMN api_keys.id IS 'UUIDv7 of the key, assigned by the service.';
COMMENT ON COLUMN api_keys.name IS 'What the key is for, as given when it was created; appears in the change log.';
COMMENT ON COLUMN api_keys.role IS 'reader, editor or admin; each role includes the rights of the roles before it.';
COMMENT ON COLUMN api_keys.digest IS 'SHA-256 of the key, 32 bytes.';
COMMENT ON COLUMN api_keys.created_at IS 'When the key was created.';
COMMENT ON COLUMN api_keys.revoked_at IS 'When the key was revoked; null while it is valid.';
