using static TorchSharp.torch;

namespace TorchSharp.Modules;

public partial class Adam
{
    public sealed class State : OptimizerState, IDisposable, IAdamState
    {
        public long step;
        public Tensor exp_avg = null!;
        public Tensor exp_avg_sq = null!;
        public Tensor? max_exp_avg_sq;

        public State(Parameter parameter)
            : base(parameter)
        {
        }

        private AdamMoments Moments => new(_parameter, ref step, ref exp_avg, ref exp_avg_sq, ref max_exp_avg_sq);

        AdamMoments IAdamState.Moments => Moments;

        public override void Initialize(OptimizerOptions options) => Moments.Initialize(((Options)options).amsgrad == true);

        public override void to(Device device) => Moments.To(device);

        public override void SaveStateDict(BinaryWriter writer) => Moments.Save(writer);

        public override void LoadStateDict(BinaryReader reader) => Moments.Load(reader);

        public override void LoadStateDict(OptimizerState source) => Moments.CopyFrom(((State)source).Moments);

        public override bool ApproximatelyEquals(OptimizerState other) => other is State state && Moments.ApproximatelyEquals(state.Moments);

        public void Dispose()
        {
            Moments.Dispose();
            GC.SuppressFinalize(this);
        }
    }
}
