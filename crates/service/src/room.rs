//! Room for a task in the order made by hand.

use domain::{Position, Task, TaskNumber, make_room};
use storage::{Side, Write};

use crate::ServiceError;

/// How many tasks move at the most for one that is put between two.
const MOST_MOVED: u16 = 200;

/// Where a task that was sent to `wanted` lies, and the tasks that move for it, as they are and as they are to be. Where so
/// many would have to move that they do not, places become equal, and numbers decide.
pub(crate) async fn room(
    work: &mut dyn Write,
    task: Option<TaskNumber>,
    wanted: Position,
) -> Result<(Position, Vec<(Task, Task)>), ServiceError> {
    let before = work.tasks_beside(wanted, Side::Before, task, 1).await?;
    let before = before.first().map(Task::position);
    for most in [1, MOST_MOVED] {
        let behind = work.tasks_beside(wanted, Side::Behind, task, most).await?;
        let next: Vec<_> = behind.iter().map(Task::position).collect();
        let is_all = next.len() < usize::from(most);
        let Some(places) = make_room(before, wanted, &next, is_all) else { continue };
        let mut places = places.into_iter();
        let place = places.next().unwrap_or(wanted);
        let moved = behind.into_iter().zip(places).map(|(task, place)| {
            let moved = Task { moved_to: place.moved(task.number), ..task.clone() };
            (task, moved)
        });
        return Ok((place, moved.collect()));
    }
    Ok((wanted, Vec::new()))
}
