using System.Text.Json;
using SsdForecast.Data;
using SsdForecast.Runtime;
using SsdForecast.Torch.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Training;

/// <summary>
/// What is needed to go on after a run was interrupted: weights, best weights, optimizer moments and losses, written after every epoch. A checkpoint of
/// other options or another network is not resumed from; one of another number of processes is.
/// </summary>
internal sealed class Checkpoint(string folder, TrainingOptions options, ForecastNetwork network, FlatParameters parameters, FlatAdamW optimizer)
{
    private const string First = "optimizer.exp_avg";
    private const string Second = "optimizer.exp_avg_sq";

    private string StateFile => Path.Combine(folder, "state.json");
    private string TensorFile(long step) => Path.Combine(folder, $"tensors-{step}.safetensors");

    private sealed record State(string Fingerprint, int BestEpoch, double BestLoss, long Steps, List<double> Training, List<double> Validation);

    /// <summary>Restores a checkpoint of this run, if there is one.</summary>
    public bool Resume(TrainingHistory history, BestWeights best)
    {
        if (!File.Exists(StateFile)) return false;
        var state = JsonSerializer.Deserialize<State>(File.ReadAllText(StateFile), NumbersByName);
        if (state is null || state.Fingerprint != Fingerprint()) return false;

        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var stored = Safetensors.Read(TensorFile(state.Steps));
        void Read(string key, Tensor into) => into.copy_(tensor(stored.Float32(key), [.. stored.Shape(key)], device: into.device));
        foreach (var (name, part) in parameters.PartsOf(parameters.Values)) Read("best." + name, part);
        best.Take(state.BestEpoch, state.BestLoss, parameters.Values);
        foreach (var (name, part) in parameters.PartsOf(parameters.Values)) Read("current." + name, part);
        Read(First, optimizer.First);
        Read(Second, optimizer.Second);
        optimizer.Steps = state.Steps;
        history.Training.AddRange(state.Training);
        history.Validation.AddRange(state.Validation);
        history.Steps = state.Steps;
        return true;
    }

    /// <summary>Writes a checkpoint; <c>state.json</c> comes last, and names the file that belongs to it by its step.</summary>
    public void Save(TrainingHistory history, BestWeights best)
    {
        Directory.CreateDirectory(folder);
        using (NewDisposeScope())
        {
            var tensors = parameters.PartsOf(parameters.Values).Select(p => ("current." + p.Name, p.Part))
                .Concat(parameters.PartsOf(best.Values).Select(p => ("best." + p.Name, p.Part)))
                .Append((First, optimizer.First))
                .Append((Second, optimizer.Second))
                .Select(p => (p.Item1, p.Item2.shape, ToArray(p.Item2)));
            AtomicFile.Write(TensorFile(history.Steps), stream => Safetensors.Write(stream, tensors));
        }
        var state = new State(Fingerprint(), best.Epoch, best.Loss, history.Steps, history.Training, history.Validation);
        AtomicFile.WriteText(StateFile, JsonSerializer.Serialize(state, NumbersByName));
        foreach (var old in Directory.EnumerateFiles(folder).Where(f => f != StateFile && f != TensorFile(history.Steps))) File.Delete(old);
    }

    /// <summary>Removes the checkpoint of a run that is over.</summary>
    public void Delete()
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static JsonSerializerOptions NumbersByName { get; } = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static float[] ToArray(Tensor t)
    {
        using var scope = NewDisposeScope();
        return t.detach().to_type(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }

    private string Fingerprint() => $"{options with { CheckpointFolder = null, Device = "" }} {network.Config} {string.Join(",", network.Config.Quantiles)}";
}
