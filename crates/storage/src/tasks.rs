//! Tasks with their tags.

use async_trait::async_trait;
use domain::{
    ChangeNumber, NewTask, Position, Tag, TagId, Task, TaskId, TaskNumber, TaskQuery, UserId,
    Version,
};
use jiff::Timestamp;

use crate::StorageError;

/// Tasks of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskPage {
    /// With their tags.
    pub tasks: Vec<Task>,
    /// The user's last change at that moment.
    pub last_change: ChangeNumber,
    /// How many tasks all pages have, if that was asked for.
    pub total: Option<u64>,
}

/// Reading tasks.
#[async_trait]
pub trait TaskReads: Send + Sync {
    /// Tasks with their tags.
    async fn tasks(&self, user: &UserId, query: &TaskQuery) -> Result<Vec<Task>, StorageError> {
        let page = self.task_page(user, query, None, false).await?;
        Ok(page.map_or_else(Vec::new, |page| page.tasks))
    }

    /// A page of tasks with their tags, and with `counts` how many tasks all pages have, as it was at one moment: one
    /// statement. `None` when the user's last change is the one `seen`.
    async fn task_page(
        &self,
        user: &UserId,
        query: &TaskQuery,
        seen: Option<ChangeNumber>,
        counts: bool,
    ) -> Result<Option<TaskPage>, StorageError>;

    /// How many tasks the query finds, without regard to its `after` and `limit`.
    async fn count_tasks(&self, user: &UserId, query: &TaskQuery) -> Result<u64, StorageError>;

    /// One task.
    async fn task(&self, user: &UserId, number: TaskNumber) -> Result<Option<Task>, StorageError>;

    /// One task, by the id of its links.
    async fn task_by_id(&self, user: &UserId, id: TaskId) -> Result<Option<Task>, StorageError>;
}

/// Which neighbours, in the order made by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// At the place or before it.
    Before,
    /// Behind it.
    Behind,
}

/// Writing tasks.
#[async_trait]
pub trait TaskWrites: Send {
    /// The task as this unit of work sees it.
    async fn task(&mut self, number: TaskNumber) -> Result<Option<Task>, StorageError>;

    /// The tasks of these numbers and ids that are there, as this unit of work sees them, by number: one statement.
    async fn tasks_named(
        &mut self,
        numbers: &[TaskNumber],
        ids: &[TaskId],
    ) -> Result<Vec<Task>, StorageError>;

    /// The tasks that have a tag, as this unit of work sees them, by number.
    async fn tasks_with_tag(&mut self, tag: TagId) -> Result<Vec<Task>, StorageError>;

    /// The occurrence behind a recurring task that is there, the first where there are several.
    async fn occurrence_behind(
        &mut self,
        number: TaskNumber,
    ) -> Result<Option<TaskNumber>, StorageError>;

    /// The tasks on one side of a place in the order made by hand, the nearest first, without one of them. Sorts all of the
    /// user's tasks.
    async fn tasks_beside(
        &mut self,
        place: Position,
        side: Side,
        without: Option<TaskNumber>,
        limit: u16,
    ) -> Result<Vec<Task>, StorageError>;

    /// Stores the task with its tags under the user's next number. Its tags exist.
    ///
    /// # Errors
    /// [`StorageError::Exists`] when the user has a task of that id.
    async fn insert_task(&mut self, task: NewTask) -> Result<Task, StorageError>;

    /// The number for a task that comes from elsewhere: the one it had, where all that were given here are lower, else the
    /// user's next.
    fn give_task_number(&mut self, wanted: Option<TaskNumber>) -> TaskNumber;

    /// Stores a deleted task again with its tags, under the number and id it had, at the version given: one that it never
    /// had. Its tags exist.
    ///
    /// # Errors
    /// [`StorageError::Exists`] when it is there already.
    async fn restore_task(&mut self, task: &Task) -> Result<(), StorageError>;

    /// Notes that the owner is reminded of an open task whose time has come. `None` when that was noted before, or is not
    /// to be done (any more). Counts no version: what a user sees of the task stays the same.
    async fn remind(
        &mut self,
        number: TaskNumber,
        now: Timestamp,
    ) -> Result<Option<Task>, StorageError>;

    /// Stores everything but number, id, tags, creation and the occurrence before, and counts the version up. `search_text` is made from the
    /// task's tags as given.
    ///
    /// # Errors
    /// [`StorageError::Stale`]: an error and not a `None`, because `?` would pass a `None` over in silence.
    async fn update_task(&mut self, task: &Task, expected: Version) -> Result<Task, StorageError>;

    /// Replaces a task's tags with others that exist. Goes with an update, which counts the version, and comes before it.
    async fn set_tags(&mut self, number: TaskNumber, tags: &[Tag]) -> Result<(), StorageError>;

    /// Deletes the task and its tag links.
    ///
    /// # Errors
    /// [`StorageError::Stale`].
    async fn delete_task(
        &mut self,
        number: TaskNumber,
        expected: Version,
    ) -> Result<(), StorageError>;
}
