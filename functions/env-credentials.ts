// Stands in for @aws-sdk/credential-provider-node in the bundles: Lambda gives credentials in the environment.
// The default chain (profiles, SSO, instance metadata) would double the bundle and never be asked.

/** The SDK asks again only for credentials that expire; those of an execution environment outlive it. */
export const defaultProvider = () => async () => ({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? "",
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? "",
  ...(process.env.AWS_SESSION_TOKEN && { sessionToken: process.env.AWS_SESSION_TOKEN }),
});
