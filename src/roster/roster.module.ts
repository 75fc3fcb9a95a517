import { Module } from '@nestjs/common';
import { DriftCheck } from './drift/drift.check.js';
import { RosterFeed } from './feed/feed.js';
import { FeedArrivals } from './feed/feed-arrivals.js';
import { FeedPublisher } from './feed/feed-publisher.js';
import { FeedRepair } from './feed/feed-repair.js';
import { FeedTailer } from './feed/feed-tailer.js';
import { LiveRoster } from './live-roster.js';
import { PastRoster } from './past/past-roster.js';
import { RosterLoader } from './roster.loader.js';
import { Subscriptions } from './subscriptions.js';

/** The live roster: one row per agent, the same on every node, pushed as it changes. */
@Module({
  providers: [
    DriftCheck,
    FeedArrivals,
    FeedPublisher,
    FeedRepair,
    FeedTailer,
    LiveRoster,
    PastRoster,
    RosterFeed,
    RosterLoader,
    Subscriptions,
  ],
  exports: [LiveRoster, PastRoster, Subscriptions],
})
export class RosterModule {}
