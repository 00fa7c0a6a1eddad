namespace SsdForecast.Cli.Tests.Fitting;

/// <summary>A model folder that was truncated or altered is refused by every verb, and no output appears.</summary>
public class DamagedModelTests(TinyModel model) : IClassFixture<TinyModel>
{
    public static TheoryData<string, string> Damages => new()
    {
        { "model.safetensors", "truncate" },
        { "model.safetensors", "alter" },
        { "model.safetensors", "remove" },
        { "config.json", "truncate" },
        { "config.json", "key" },
        { "preprocessor.json", "remove" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void A_damaged_model_is_refused_with_the_file_and_the_way_out(string file, string damage)
    {
        using var folder = new TemporaryFolder();
        var copy = Directory.CreateDirectory(folder["model"]).FullName;
        foreach (var path in Directory.EnumerateFiles(model.Folder)) File.Copy(path, Path.Combine(copy, Path.GetFileName(path)));
        Damage(Path.Combine(copy, file), damage);

        Assert.Contains(file, Cli.Fails(1, "forecast", copy, model.Data, "--out", folder["f.csv"]), StringComparison.Ordinal);
        Assert.Contains(file, Cli.Fails(1, "report", copy, "--data", model.Data, "--out", folder["r.html"]), StringComparison.Ordinal);
        Assert.Contains(file, Cli.Fails(1, "stream", copy, "--state", folder["s"]), StringComparison.Ordinal);
        Assert.Equal(["model"], folder.Names);
    }

    private static void Damage(string path, string damage)
    {
        var bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "truncate":
                File.WriteAllBytes(path, bytes[..^7]);
                break;
            case "alter":
                bytes[^9] ^= 0x10;
                File.WriteAllBytes(path, bytes);
                break;
            case "key":
                File.WriteAllText(path, File.ReadAllText(path).Replace("\"layers\"", "\"layrs\"", StringComparison.Ordinal));
                break;
            default:
                File.Delete(path);
                break;
        }
    }
}
