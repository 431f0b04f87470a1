import { StartupError } from '@assent/http';
import { makeConfiguration, type TestConfiguration } from '@assent/testing/fapi';
import { startAuthorizationServer } from './index.js';

/* Types the configuration speaks of must exist before anything else is opened. */

const configurations: TestConfiguration[] = [];
afterAll(() => Promise.all(configurations.map((one) => one.close())));

async function starting(wanted: Partial<Parameters<typeof makeConfiguration>[0]>): Promise<unknown> {
  const configuration = await makeConfiguration({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none', clients: [], ...wanted });
  configurations.push(configuration);
  return startAuthorizationServer(configuration.config);
}

it('refuses a type nobody defines', async () => {
  const refusal = starting({ resource: { authorizationDetailsTypes: ['account_information', 'insurance_policy'] } });
  await expect(refusal).rejects.toThrow(StartupError);
  await expect(refusal).rejects.toThrow('authorizationDetailsTypes names "insurance_policy", which is none of account_information, payment_initiation, recurring_payment: name its module in detailTypes');
});

it('refuses a module that is not there', async () => {
  const refusal = starting({ sections: { detailTypes: ['types/none.js'] } });
  await expect(refusal).rejects.toThrow(StartupError);
  await expect(refusal).rejects.toThrow(/types\/none\.js: cannot be loaded$/);
});
