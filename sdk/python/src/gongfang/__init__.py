"""Gongfang's native API: tasks, money, live events, outside workers, webhooks."""

from . import webhooks
from .client import Client, Problem
from .worker import LeaseLost, Retry, Task, Worker

__all__ = ["Client", "LeaseLost", "Problem", "Retry", "Task", "Worker", "webhooks"]
