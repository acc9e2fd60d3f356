import { createMemoryLimiter } from '../../queue/memory/limiter.js'
import { limiterConformance } from './limiter.js'

limiterConformance('memory', (clock) => createMemoryLimiter({ clock }))
