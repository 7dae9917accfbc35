//! The folder that an example works in: named by its user, nobody else's, and with files for their owner.
#![allow(dead_code, reason = "each example uses a part")]

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The folder that follows an option: a word that is there, is not empty, and is no option.
pub(crate) fn named(word: Option<PathBuf>) -> Result<PathBuf, String> {
    let word = word.ok_or("a folder is missing")?;
    if word.as_os_str().is_empty() {
        return Err("the name of the folder is empty".into());
    }
    if word.as_os_str().as_encoded_bytes().starts_with(b"-") {
        let word = word.display();
        return Err(format!("{word} is an option; the folder is ./{word}"));
    }
    Ok(word)
}

/// Whether a folder is there to be used: empty, or not there at all.
pub(crate) fn is_free(dir: &Path) -> bool {
    match fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Writes a file that must not exist yet.
pub(crate) fn write_new(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = private(OpenOptions::new().write(true).create_new(true)).open(path)?;
    file.write_all(contents)
}

/// Whatever is created is readable by its owner only, where the system knows owners.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::{fs, is_free, named, write_new};

    #[test]
    fn a_word_that_is_no_folder_is_refused() {
        assert!(named(None).is_err());
        for refused in ["", "--help", "-d"] {
            assert!(named(Some(refused.into())).is_err(), "{refused:?}");
        }
        for taken in ["a", "./--help", "/tmp"] {
            assert_eq!(named(Some(taken.into())), Ok(taken.into()));
        }
    }

    #[test]
    fn a_used_folder_is_not_free_and_no_file_is_written_twice() {
        let dir = std::env::temp_dir().join(format!("pqkm-folder-{}", std::process::id()));
        assert!(is_free(&dir));
        fs::create_dir(&dir).unwrap();
        assert!(is_free(&dir));
        let file = dir.join("key.pem");
        write_new(&file, b"first").unwrap();
        assert!(!is_free(&dir) && !is_free(&file));
        assert!(write_new(&file, b"second").is_err());
        assert_eq!(fs::read(&file).unwrap(), b"first");
        #[cfg(unix)]
        {
            let permissions = fs::metadata(&file).unwrap().permissions();
            let mode = std::os::unix::fs::PermissionsExt::mode(&permissions);
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::remove_dir_all(&dir).unwrap();
    }
}
