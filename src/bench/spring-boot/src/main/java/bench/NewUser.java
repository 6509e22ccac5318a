package bench;

import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/** What a sign-up must say. PostgreSQL stores no NUL, and a name is one line. */
record NewUser(
    @NotBlank @Email @Size(max = 254) String email,
    @NotBlank @Size(max = 200) @Pattern(regexp = "\\P{Cntrl}*") String name) {}
