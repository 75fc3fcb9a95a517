/**
 * Answers to client events: `{ok: true, data}` or `{ok: false, error}`, once, whatever happens. An answer is sent only
 * if the authority under which it was made still holds.
 */
import {
  type ArgumentsHost,
  type CallHandler,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  Logger,
  type NestInterceptor,
} from '@nestjs/common';
import { EMPTY, mergeMap, type Observable } from 'rxjs';
import type { Ack } from '#contracts';
import { accessChanged } from '../errors/problem.exception.js';
import { toProblemException } from '../errors/to-problem.js';
import { newId } from '../ids.js';
import type { RealtimeSocket } from './socket.js';

type Acknowledge = (answer: Ack<unknown>) => void;

/**
 * What a handler returns when something must follow its answer without a gap: `onSent` runs right after the answer
 * was handed to the transport, so that no frame can overtake it and none is missed.
 */
export class Answer<T> {
  constructor(
    readonly data: T,
    readonly onSent: () => void,
  ) {}
}

/** Sends what a handler returns as its acknowledgement; to a client that is gone nothing, and nothing follows. */
@Injectable()
export class AckInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<unknown>): Observable<unknown> {
    const acknowledge = acknowledgeOf(context.getArgs());
    const client = context.switchToWs().getClient<RealtimeSocket>();
    const { data } = client;
    const { authority } = data;
    return next.handle().pipe(
      mergeMap((result) => {
        if (!client.connected) return EMPTY;
        if (!data.permits(authority)) throw accessChanged();
        const isAnswer = result instanceof Answer;
        acknowledge({ ok: true, data: (isAnswer ? result.data : result) ?? {} });
        if (isAnswer) result.onSent();
        return EMPTY;
      }),
    );
  }
}

/** Sends what a handler threw as its acknowledgement; the client's data is never echoed. */
@Catch()
export class SocketProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Socket');

  catch(error: unknown, host: ArgumentsHost): void {
    const requestId = newId();
    const problem = toProblemException(error);
    if (problem.code === 'internal_error') this.logger.error({ err: error, requestId }, 'a socket event failed');
    acknowledgeOf(host.getArgs())({ ok: false, error: problem.toProblem(requestId) });
  }
}

/** The client's acknowledgement function among a packet's arguments; a client that wants none gets none. */
export function acknowledgeOf(args: unknown[]): Acknowledge {
  const acknowledge = args.findLast((argument) => typeof argument === 'function');
  return (acknowledge as Acknowledge | undefined) ?? (() => undefined);
}
