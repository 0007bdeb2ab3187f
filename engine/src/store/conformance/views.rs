//! Saved views.

use eventglass_model::ViewSettings;

use super::*;

pub(super) async fn views_are_of_people_and_projects(store: SharedStore) {
    let ada = store.add_user("ada@example.com", "phc", at(NOON)).await.unwrap();
    let bob = store.add_user("bob@example.com", "phc", at(NOON)).await.unwrap();
    let p = store.add_project(ada, "Shop", "shop", "", at(NOON)).await.unwrap().id;
    let other = store.add_project(ada, "Other", "other", "", at(NOON)).await.unwrap().id;
    let named = |name: &str, shared| ViewSettings {
        name: name.to_owned(),
        q: "service:\"pay\0\"".to_owned(),
        columns: vec!["service".to_owned()],
        shared,
        ..ViewSettings::default()
    };
    let add = async |user, name: &str, shared| store.add_view(p, user, &named(name, shared), 3, at(NOON)).await;
    let slow = add(ada, "slow", false).await.unwrap().unwrap();
    let errors = add(ada, "Errors", true).await.unwrap().unwrap();
    add(bob, "slow", false).await.unwrap().unwrap();
    assert!(matches!(add(ada, "slow", true).await, Err(StoreError::Conflict(_))));
    add(ada, "third", false).await.unwrap().unwrap();
    assert_eq!(add(ada, "fourth", false).await.unwrap(), None, "bounded");

    let names = async |user| {
        let views = store.views(p, user).await.unwrap();
        views.into_iter().map(|view| view.settings.name).collect::<Vec<_>>()
    };
    assert_eq!(names(ada).await, ["Errors", "slow", "third"]);
    assert_eq!(names(bob).await, ["Errors", "slow"]);
    let view = store.view(p, slow).await.unwrap().unwrap();
    assert_eq!(
        (view.owner, view.owner_email.as_str(), view.created_at),
        (ada, "ada@example.com", at(NOON))
    );
    assert_eq!(view.settings, named("slow", false));
    assert_eq!(store.view(other, slow).await.unwrap(), None, "of another project");

    assert!(
        store
            .set_view(p, slow, &named("slower", true), at(NOON + 1))
            .await
            .unwrap()
    );
    assert!(
        !store
            .set_view(other, slow, &named("x", true), at(NOON + 1))
            .await
            .unwrap()
    );
    let taken = store.set_view(p, slow, &named("Errors", true), at(NOON + 1)).await;
    assert!(matches!(taken, Err(StoreError::Conflict(_))));
    assert_eq!(names(bob).await, ["Errors", "slow", "slower"]);
    let view = store.view(p, slow).await.unwrap().unwrap();
    assert_eq!((view.updated_at, view.settings.shared), (at(NOON + 1), true));
    assert!(!store.remove_view(other, errors).await.unwrap());
    assert!(store.remove_view(p, errors).await.unwrap());
    assert_eq!(names(bob).await, ["slow", "slower"]);
}
