/** What the renewal worker sees of the fleet, and whether it still looks. */
import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';
import { emitted } from './metrics.ts';

/** A round counts the calendars that it looks at, and looks at each about once an hour: a shorter period would flap. */
const withinTheHour = Duration.hours(1);

export function watchChannels(scope: Construct, alarms: AlarmTopic): void {
  alarms.watch(scope, 'SweepMissingAlarm', {
    description:
      'No sweep has ended for twenty minutes, and for those that CloudWatch grants late data; or none yet since the first ' +
      'deployment, which passes. Channels expire, and nothing that was lost is found.',
    runbook: 'sweep-missing',
    metric: emitted('SweepCompleted'),
    limit: { lessThan: 1 },
    periods: { bad: 4, of: 4 },
    silenceIsBad: true,
  });
  alarms.watch(scope, 'ExpiringSoonAlarm', {
    description: 'Channels are about to expire that should have been renewed long before.',
    runbook: 'channels-expiring-soon',
    metric: emitted('ChannelExpiringSoon', 'Maximum', withinTheHour),
    limit: { moreThan: 0 },
  });
  alarms.watch(scope, 'RenewalFailedAlarm', {
    description: 'Channels could not be renewed, round after round; each is tried again until it expires.',
    runbook: 'failed-renewals',
    metric: emitted('RenewalFailed'),
    limit: { atLeast: 1 },
    periods: { bad: 2, of: 3 },
  });
  alarms.watch(scope, 'StaleChannelsAlarm', {
    description: 'Channels that should be alive have brought no notification for 48 hours: they may be dead.',
    runbook: 'stale-channels',
    metric: emitted('ChannelStale', 'Maximum', withinTheHour),
    limit: { moreThan: 0 },
  });
}
