/** The version this market speaks. A token is good for one: that of its consent's type and of the paths it opens. */
export const version = 'v2.1';

/** `urn:openfinanceuae:account-access-consent:v2.1`. */
export const typeNamed = (family: 'account-access-consent' | 'service-initiation-consent'): string => `urn:openfinanceuae:${family}:${version}`;
