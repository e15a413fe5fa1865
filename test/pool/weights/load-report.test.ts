import { parseLoadReport, utilizationOf } from '../../../gateway/pool/weights/load-report';

const NOTHING = {
  applicationUtilization: null,
  cpuUtilization: null,
  memUtilization: null,
  requestsPerSecond: null,
  errorsPerSecond: null,
};

describe('a load report', () => {
  it('is read from its text form', () => {
    const header =
      'TEXT cpu_utilization=0.3, mem_utilization=0.8,application_utilization=0.5,eps=1,rps_fractional=20.5';
    expect(parseLoadReport(header)).toEqual({
      applicationUtilization: 0.5,
      cpuUtilization: 0.3,
      memUtilization: 0.8,
      requestsPerSecond: 20.5,
      errorsPerSecond: 1,
    });
  });

  it('is read from its JSON form', () => {
    const header = 'JSON {"cpu_utilization": 0.3, "rps_fractional": "12"}';
    expect(parseLoadReport(header)).toEqual({ ...NOTHING, cpuUtilization: 0.3, requestsPerSecond: 12 });
  });

  it.each([
    ['spaces and an unknown name', ' text  cpu_utilization = 0.25 , named_metrics.disk=0.4', 0.25],
    ['an empty pair and one without a value', 'TEXT ,cpu_utilization=0.25,,eps,mem_utilization=', 0.25],
    ['a value that is no number', 'TEXT application_utilization=much,cpu_utilization=0.25', 0.25],
    ['a negative value', 'TEXT application_utilization=-1,cpu_utilization=0.25', 0.25],
    ['more than all of it', 'TEXT cpu_utilization=1.75', 1.75],
  ])('keeps what can be used of %s', (_name, header, utilization) => {
    const report = parseLoadReport(header);
    expect(report === null ? null : utilizationOf(report)).toBe(utilization);
  });

  it.each([
    ['nothing', ''],
    ['the binary form', 'BIN MTIz'],
    ['no form', 'cpu_utilization=0.3'],
    ['broken JSON', 'JSON {"cpu_utilization":'],
    ['JSON that is no object', 'JSON 0.3'],
    ['infinity', 'TEXT cpu_utilization=1e999'],
    ['no name that is known', 'TEXT queue=3'],
    ['far too much text', `TEXT cpu_utilization=0.3,${'x'.repeat(5_000)}`],
  ])('is none for %s', (_name, header) => {
    expect(parseLoadReport(header)).toBeNull();
  });

  it('prefers the measure that the application has of itself', () => {
    expect(utilizationOf({ ...NOTHING, applicationUtilization: 0.7, cpuUtilization: 0.2 })).toBe(0.7);
    expect(utilizationOf({ ...NOTHING, memUtilization: 0.7 })).toBeNull();
  });
});
