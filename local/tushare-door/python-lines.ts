// What a person types to use the mirror with TuShare's own client.

/** @param token any text will do on this machine */
export function pythonLines(url: string, token = "any"): readonly string[] {
  return [`pro = ts.pro_api("${token}")`, `pro._DataApi__http_url = "${url}"`];
}
