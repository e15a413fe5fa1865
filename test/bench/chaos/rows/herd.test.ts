import { HEADGATE } from '../targets/headgate';
import { HERD } from './herd';

it('LB-34: no instance gets over 45 % in any 100 ms with four gateways at 70 % load', async () => {
  const open = () => Promise.reject(new Error('it needs no stage'));
  expect(await HERD.run({ target: HEADGATE, open, atEnd: () => undefined })).toMatchObject({ holds: true });
});
