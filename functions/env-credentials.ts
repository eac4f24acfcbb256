// Replaces @aws-sdk/credential-provider-node in the bundles: Lambda passes credentials in environment variables.
// The default chain (profiles, SSO, instance metadata) would double the bundle and never be used.

/** Without expiration, so that the SDK does not refresh them: they are valid for the environment's lifetime. */
export const defaultProvider = () => async () => ({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? "",
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? "",
  ...(process.env.AWS_SESSION_TOKEN && { sessionToken: process.env.AWS_SESSION_TOKEN }),
});
