/** The grant type of requests by the back channel (CIBA section 4). */
export const cibaGrantType = 'urn:openid:params:grant-type:ciba';
